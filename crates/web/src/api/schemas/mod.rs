//! Every shape that goes in or comes out; tests hold them against what the handlers really read and write.

use super::schema::Schema;

/// The words of an enum, in the order of its forms.
macro_rules! words {
    ($kind:ty) => {
        crate::api::schema::Kind::Word(|| <$kind>::ALL.iter().map(|word| word.as_str()).collect())
    };
}

mod people;
mod records;
mod visits;

/// Versions and the like.
const ANY: (i32, i32) = (0, i32::MAX);

static PARTS: [&[Schema]; 3] = [&people::ALL, &visits::ALL, &records::ALL];

/// Every shape.
pub(super) fn all() -> impl Iterator<Item = &'static Schema> {
    PARTS.into_iter().flatten()
}
