//! Shapes of recordings and of what becomes of their transcripts.

use super::super::schema::Kind::{self, Id, Instant, Numbers, Of, Text, Whole, Word};
use super::super::schema::{Schema, asked, may, must};
use super::ANY;

pub(super) const ALL: [Schema; 6] =
    [RECORDING, TRANSCRIPTION, RECORDING_INPUT, RECORDING_END, SPEAKERS_INPUT, PART_INPUT];

const COUNT: Kind = Whole(ANY.0, ANY.1);

const RECORDING: Schema = Schema::given(
    "Recording",
    "Sound of a visit; `chunks` are the parts that are here while it goes on.",
    &[
        must("id", Id),
        must("appointmentId", Id),
        must("state", Word(|| vec!["recording", "finished", "transcribed", "failed", "discarded"])),
        must("mediaType", Text),
        may("fileName", Text),
        must("byteCount", COUNT),
        may("durationMs", COUNT),
        must("startedAt", Instant),
        may("failure", Text),
        may("transcription", Of("Transcription")),
        asked("chunks", Numbers),
    ],
);

const TRANSCRIPTION: Schema = Schema::given(
    "Transcription",
    "How far a recording was turned into words.",
    &[
        must("state", Word(|| vec!["queued", "running", "done", "failed"])),
        must("percent", Whole(0, 100)),
        may("failure", Text),
    ],
);

const RECORDING_INPUT: Schema = Schema::sent(
    "RecordingInput",
    "A recording to begin; its media type such as audio/webm.",
    &[must("mediaType", Text)],
);

const RECORDING_END: Schema =
    Schema::sent("RecordingEnd", "How many parts were sent.", &[must("chunks", Whole(1, 1_000_000))]);

const SPEAKERS_INPUT: Schema = Schema::sent(
    "SpeakersInput",
    "Who speaks in a segment of the transcript that was shown; without index and speaker, doctor and patient change places.",
    &[
        must("transcriptId", Id),
        may("index", COUNT),
        may("speaker", Word(|| vec!["doctor", "patient", "other", "unknown"])),
    ],
);

const PART_INPUT: Schema = Schema::sent(
    "PartInput",
    "Which items of the draft, by their target such as historyOfPresentIllness or symptom.",
    &[must("target", Text)],
);
