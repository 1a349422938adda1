//! What things are: the words and rules of the clinic.
