//! The sheet: A4, or Letter where the practice's clock is one of a country that uses it.

use medrecord_clinic::time::Zone;

/// A sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// 210 by 297 mm (ISO 216).
    A4,
    /// 8.5 by 11 inches (ANSI/ASME Y14.1).
    Letter,
}

/// Zones of the countries that print on Letter: BZ CA CL CO CR GT MX NI PA PH PR SV US VE (Unicode CLDR, supplemental
/// data, `paperSize`). Names that stand for several begin alike and are told by their beginning.
const LETTER: [&str; 92] = [
    // United States and Puerto Rico.
    "US/",
    "America/Adak",
    "America/Anchorage",
    "America/Atka",
    "America/Boise",
    "America/Chicago",
    "America/Denver",
    "America/Detroit",
    "America/Fort_Wayne",
    "America/Indiana/",
    "America/Indianapolis",
    "America/Juneau",
    "America/Kentucky/",
    "America/Knox_IN",
    "America/Los_Angeles",
    "America/Louisville",
    "America/Menominee",
    "America/Metlakatla",
    "America/New_York",
    "America/Nome",
    "America/North_Dakota/",
    "America/Phoenix",
    "America/Puerto_Rico",
    "America/Shiprock",
    "America/Sitka",
    "America/Yakutat",
    "Pacific/Honolulu",
    "Navajo",
    "EST5EDT",
    "CST6CDT",
    "MST7MDT",
    "PST8PDT",
    // Canada.
    "Canada/",
    "America/Atikokan",
    "America/Blanc-Sablon",
    "America/Cambridge_Bay",
    "America/Coral_Harbour",
    "America/Creston",
    "America/Dawson",
    "America/Edmonton",
    "America/Fort_Nelson",
    "America/Glace_Bay",
    "America/Goose_Bay",
    "America/Halifax",
    "America/Inuvik",
    "America/Iqaluit",
    "America/Moncton",
    "America/Montreal",
    "America/Nipigon",
    "America/Pangnirtung",
    "America/Rainy_River",
    "America/Rankin_Inlet",
    "America/Regina",
    "America/Resolute",
    "America/St_Johns",
    "America/Swift_Current",
    "America/Thunder_Bay",
    "America/Toronto",
    "America/Vancouver",
    "America/Whitehorse",
    "America/Winnipeg",
    "America/Yellowknife",
    // Mexico.
    "Mexico/",
    "America/Bahia_Banderas",
    "America/Cancun",
    "America/Chihuahua",
    "America/Ciudad_Juarez",
    "America/Ensenada",
    "America/Hermosillo",
    "America/Matamoros",
    "America/Mazatlan",
    "America/Merida",
    "America/Mexico_City",
    "America/Monterrey",
    "America/Ojinaga",
    "America/Santa_Isabel",
    "America/Tijuana",
    // The others.
    "Chile/",
    "America/Santiago",
    "America/Punta_Arenas",
    "America/Coyhaique",
    "Pacific/Easter",
    "America/Belize",
    "America/Bogota",
    "America/Costa_Rica",
    "America/Guatemala",
    "America/Managua",
    "America/Panama",
    "America/El_Salvador",
    "America/Caracas",
    "Asia/Manila",
    "America/Dawson_Creek",
];

impl Size {
    /// The sheet of a practice.
    pub(crate) fn of(zone: Zone) -> Self {
        let name = zone.name();
        let is = |known: &&str| if known.ends_with('/') { name.starts_with(known) } else { name == *known };
        if LETTER.iter().any(is) { Self::Letter } else { Self::A4 }
    }

    /// Points from side to side.
    pub(super) fn sheet_width(self) -> f32 {
        match self {
            Self::A4 => 595.276,
            Self::Letter => 612.0,
        }
    }

    /// Points from top to bottom.
    pub(super) fn height(self) -> f32 {
        match self {
            Self::A4 => 841.89,
            Self::Letter => 792.0,
        }
    }

    /// Points left free on each side: 22 mm, which every printer can do.
    pub(super) fn margin(self) -> f32 {
        match self {
            Self::A4 | Self::Letter => 62.4,
        }
    }

    /// Points between the margins.
    pub(super) fn width(self) -> f32 {
        self.sheet_width() - 2.0 * self.margin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_is_letter_where_people_print_on_letter() {
        for (zone, size) in [
            ("America/New_York", Size::Letter),
            ("America/Indiana/Knox", Size::Letter),
            ("America/Toronto", Size::Letter),
            ("America/Mexico_City", Size::Letter),
            ("Asia/Manila", Size::Letter),
            ("America/Sao_Paulo", Size::A4),
            ("America/Argentina/Buenos_Aires", Size::A4),
            ("Europe/Berlin", Size::A4),
            ("UTC", Size::A4),
        ] {
            assert_eq!(Size::of(zone.parse().unwrap()), size, "{zone}");
        }
    }
}
