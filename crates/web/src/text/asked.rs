//! Which language a browser asks for.

use medrecord_clinic::language::Language;

/// The language that an `Accept-Language` header prefers among those spoken here (RFC 9110, section 12.5.4); `None` where
/// it names none of them.
pub(crate) fn asked_for(header: &str) -> Option<Language> {
    let wishes = header.split(',').filter_map(|wish| {
        let mut parts = wish.split(';');
        let language = Language::spoken(parts.next()?)?;
        let weight =
            parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        weight.filter(|weight: &f32| *weight > 0.0).map(|weight| (language, weight))
    });
    let best = wishes.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_language_that_is_spoken_here_is_taken() {
        for (header, language) in [
            ("es-MX,es;q=0.9,en;q=0.8", Some(Language::Spanish)),
            ("en;q=0.5, es;q=0.7", Some(Language::Spanish)),
            ("de-DE, fr;q=0.9, en;q=0.3", Some(Language::English)),
            ("es;q=0, en;q=0.1", Some(Language::English)),
            ("en, es", Some(Language::English)),
            ("es;q=many", None),
            ("pt, *;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(asked_for(header), language, "{header}");
        }
    }
}
