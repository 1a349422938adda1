//! Shapes of letters: to start from, as they are kept, in lists, and as they go out.

use super::super::schema::Kind::{self, Id, Instant, Of, Text, Texts};
use super::super::schema::{Schema, may, must};
use medrecord_clinic::letter::LetterKind;

pub(super) const ALL: [Schema; 7] =
    [LETTER, LETTER_INPUT, PRINTED_LETTER, LISTED_LETTER, KEPT_LETTER, WITHDRAWAL, WITHDRAWAL_INPUT];

const LETTER: Schema = Schema::given(
    "Letter",
    "A letter to start from.",
    &[must("title", Text), must("subject", Text), must("text", Text)],
);

const LETTER_INPUT: Schema = Schema::sent(
    "LetterInput",
    "A letter as it is to be kept; an empty line begins a paragraph.",
    &[may("to", Text), must("subject", Text), must("text", Text)],
);

const PRINTED_LETTER: Schema = Schema::given(
    "PrintedLetter",
    "A letter as it goes out, in parts and as a page.",
    &[
        must("id", Id),
        must("letterhead", Texts),
        must("title", Text),
        must("date", Text),
        must("to", Texts),
        must("subject", Text),
        must("paragraphs", Texts),
        may("signedBy", Text),
        may("signedAt", Text),
        may("licenseNumber", Text),
        must("printed", Text),
        must("html", Text),
    ],
);

const LISTED_LETTER: Schema = Schema::given(
    "ListedLetter",
    "A letter in a list, without its words.",
    &[
        must("id", Id),
        must("appointmentId", Id),
        must("kind", words!(LetterKind)),
        may("recipient", Text),
        must("subject", Text),
        must("writtenOn", Kind::Day),
        must("keptByName", Text),
        must("keptAt", Instant),
        may("withdrawnAt", Instant),
    ],
);

const KEPT_LETTER: Schema = Schema::given(
    "KeptLetter",
    "A letter as it was kept, and the fingerprint of the signed record it was written from.",
    &[
        must("id", Id),
        must("patientId", Id),
        must("appointmentId", Id),
        must("medicalRecordId", Id),
        must("recordDigest", Text),
        must("kind", words!(LetterKind)),
        must("letterhead", Text),
        may("recipient", Text),
        must("writtenOn", Kind::Day),
        must("subject", Text),
        must("about", Text),
        must("text", Text),
        must("signer", Text),
        must("contentDigest", Text),
        must("keptBy", Id),
        must("keptByName", Text),
        must("keptAt", Instant),
        may("withdrawal", Of("Withdrawal")),
    ],
);

const WITHDRAWAL: Schema = Schema::given(
    "Withdrawal",
    "That a letter was withdrawn.",
    &[must("at", Instant), must("by", Id), must("reason", Text)],
);

const WITHDRAWAL_INPUT: Schema =
    Schema::sent("WithdrawalInput", "Why a letter is withdrawn.", &[must("reason", Text)]);
