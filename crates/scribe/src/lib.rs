//! What is drafted: from audio to transcript to a draft note with evidence.
