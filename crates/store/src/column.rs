//! How values of the clinic lie in a column of either database.
//!
//! [`Key`]: an id; `uuid`, or hyphenated text. [`At`]: an instant; `timestamptz`, or text of one fixed width.
//! [`Word`]: an enum; a native enum, or text. [`Fixed`]: a decimal; `numeric`, or a scaled integer.
//! Days are [`chrono::NaiveDate`], booleans, integers and texts go as they are.

use chrono::{DateTime, Utc};
use medrecord_clinic::time::Instant;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};
use std::str::FromStr;
use uuid::Uuid;

/// An identifier in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) Uuid);

impl Key {
    /// The key of any typed id.
    pub(crate) fn of(id: impl Into<Uuid>) -> Self {
        Self(id.into())
    }

    /// The typed id that this key is.
    pub(crate) fn id<T: From<Uuid>>(self) -> T {
        T::from(self.0)
    }
}

impl Type<Postgres> for Key {
    fn type_info() -> PgTypeInfo {
        <Uuid as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Key {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.0, buf)
    }
}

impl<'r> Decode<'r, Postgres> for Key {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <Uuid as Decode<Postgres>>::decode(value).map(Self)
    }
}

impl Type<Sqlite> for Key {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Key {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.hyphenated().to_string(), buf)
    }
}

impl<'r> Decode<'r, Sqlite> for Key {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(Uuid::try_parse(<&str as Decode<Sqlite>>::decode(value)?)?))
    }
}

/// An instant in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(pub(crate) Instant);

impl Type<Postgres> for At {
    fn type_info() -> PgTypeInfo {
        <DateTime<Utc> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for At {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.0.utc(), buf)
    }
}

impl<'r> Decode<'r, Postgres> for At {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <DateTime<Utc> as Decode<Postgres>>::decode(value).map(|at| Self(Instant::from_utc(at)))
    }
}

impl Type<Sqlite> for At {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for At {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.to_string(), buf)
    }
}

impl<'r> Decode<'r, Sqlite> for At {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(Instant::from_str(<&str as Decode<Sqlite>>::decode(value)?)?))
    }
}

/// An enum of the clinic that a column holds, under the name of PostgreSQL's type.
pub(crate) trait Named: FromStr + Copy {
    /// The native enum's name in PostgreSQL.
    const TYPE: &'static str;
    /// The value's word in both databases.
    fn word(self) -> &'static str;
}

/// Says under which PostgreSQL type each enum lies; every enum that a column holds is listed here.
macro_rules! named {
    ($($enum:ty => $name:literal),+ $(,)?) => {$(
        impl $crate::column::Named for $enum {
            const TYPE: &'static str = $name;
            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    )+};
}

named! {
    medrecord_clinic::appointment::AppointmentType => "appointment_type",
    medrecord_clinic::appointment::AppointmentStatus => "appointment_status",
    medrecord_clinic::blocked_time::BlockedTimeKind => "blocked_time_kind",
    medrecord_clinic::waiting_list::DayPart => "day_part",
    medrecord_clinic::waiting_list::Urgency => "waiting_urgency",
    medrecord_clinic::waiting_list::WaitingState => "waiting_state",
    medrecord_clinic::patient::Sex => "sex",
    medrecord_clinic::prescription::PrescriptionAction => "prescription_action",
    medrecord_clinic::allergy::AllergySeverity => "allergy_severity",
    medrecord_clinic::allergy::AllergyStatus => "allergy_status",
    medrecord_clinic::letter::LetterKind => "letter_kind",
    medrecord_clinic::medication::MedicationStatus => "medication_status",
    medrecord_clinic::provider::Role => "provider_role",
    crate::desk::Via => "audit_via",
    crate::audit::Outcome => "audit_outcome",
    crate::jobs::JobState => "job_state",
    medrecord_clinic::consultation::ConsentDecision => "consent_decision",
    medrecord_clinic::consultation::RecordingState => "recording_state",
    medrecord_clinic::consultation::TranscriptSource => "transcript_source",
    medrecord_clinic::consultation::Speaker => "speaker",
    medrecord_clinic::consultation::EvidenceKind => "evidence_kind",
    medrecord_clinic::consultation::Decision => "evidence_decision",
}

/// An enum in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Named> Word<T> {
    fn read(text: &str) -> Result<Self, BoxDynError> {
        T::from_str(text).map(Self).map_err(|_| format!("{text:?} is not a value of {}", T::TYPE).into())
    }
}

impl<T: Named> Type<Postgres> for Word<T> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name(T::TYPE)
    }
}

impl<T: Named> Encode<'_, Postgres> for Word<T> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.0.word(), buf)
    }
}

impl<'r, T: Named> Decode<'r, Postgres> for Word<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Self::read(value.as_str()?)
    }
}

impl<T: Named> Type<Sqlite> for Word<T> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<T: Named> Encode<'_, Sqlite> for Word<T> {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.word().to_owned(), buf)
    }
}

impl<'r, T: Named> Decode<'r, Sqlite> for Word<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Self::read(<&str as Decode<Sqlite>>::decode(value)?)
    }
}

/// A decimal with `SCALE` places, held as a whole number of its smallest unit: `Fixed::<1>(372)` is 37.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fixed<const SCALE: u32>(pub(crate) i32);

impl<const SCALE: u32> Type<Postgres> for Fixed<SCALE> {
    fn type_info() -> PgTypeInfo {
        <Decimal as Type<Postgres>>::type_info()
    }
}

impl<const SCALE: u32> Encode<'_, Postgres> for Fixed<SCALE> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&Decimal::new(i64::from(self.0), SCALE), buf)
    }
}

impl<'r, const SCALE: u32> Decode<'r, Postgres> for Fixed<SCALE> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let mut decimal = <Decimal as Decode<Postgres>>::decode(value)?;
        decimal.rescale(SCALE);
        decimal.mantissa().to_i32().map(Self).ok_or_else(|| "a decimal out of range".into())
    }
}

impl<const SCALE: u32> Type<Sqlite> for Fixed<SCALE> {
    fn type_info() -> SqliteTypeInfo {
        <i32 as Type<Sqlite>>::type_info()
    }

    fn compatible(ty: &SqliteTypeInfo) -> bool {
        <i32 as Type<Sqlite>>::compatible(ty)
    }
}

impl<const SCALE: u32> Encode<'_, Sqlite> for Fixed<SCALE> {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0, buf)
    }
}

impl<'r, const SCALE: u32> Decode<'r, Sqlite> for Fixed<SCALE> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        <i32 as Decode<Sqlite>>::decode(value).map(Self)
    }
}
