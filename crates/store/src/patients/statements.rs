//! The statements of lists and searches; how they are put to use stands in `search.rs`.

/// What every list shows, looked up for the patients in `hit` alone.
macro_rules! shown {
    () => {
        " SELECT p.id, p.record_number, p.first_name, p.last_name, p.preferred_name, p.date_of_birth, p.sex, p.phone,
        p.email, p.address, p.emergency_contact_name, p.emergency_contact_phone, p.emergency_contact_relationship,
        p.language, p.deceased_on, p.no_known_allergies_by, p.no_known_allergies_at, p.created_at, p.updated_at, p.version,
        (SELECT a.appointment_date FROM appointments AS a
            WHERE a.patient_id = p.id AND a.status IN ('in_progress', 'completed')
            ORDER BY a.appointment_date DESC LIMIT 1) AS last_visit_at
    FROM hit JOIN patients AS p ON p.id = hit.id
    ORDER BY p.search_name, p.id"
    };
}

/// What a search asks of each patient whatever index led there: $3-$5 words, $6 birthday, $7 digits of the phone. The
/// blank before the name lets a word of one or two letters ask for the beginning of a name: `% li%`.
macro_rules! asked {
    () => {
        " merged_into_id IS NULL AND ' ' || search_name LIKE $3 AND ' ' || search_name LIKE $4
        AND ' ' || search_name LIKE $5
        AND (CAST($6 AS date) IS NULL OR date_of_birth = $6) AND phone_digits LIKE $7
        AND (search_name, id) > ($1, $2)"
    };
}

/// The same without the cast, which SQLite reads as "make it a number".
macro_rules! asked_sqlite {
    () => {
        " merged_into_id IS NULL AND ' ' || search_name LIKE $3 AND ' ' || search_name LIKE $4
        AND ' ' || search_name LIKE $5
        AND ($6 IS NULL OR date_of_birth = $6) AND phone_digits LIKE $7
        AND (search_name, id) > ($1, $2)"
    };
}

/// What an index of FTS5 gives, then all the rest; the plus keeps SQLite from walking the names instead.
macro_rules! indexed_sqlite {
    ($rows:literal) => {
        concat!(
            "WITH hit AS (SELECT id FROM patients
        WHERE search_row IN (",
            $rows,
            ")
        AND NOT (+search_name >= $9 AND +search_name < $10) AND",
            asked_sqlite!(),
            " ORDER BY +search_name, +id LIMIT $8)",
            shown!()
        )
    };
}

/// What an index of trigrams gives, then all the rest ($9 to $10 is the prefix that was shown before).
macro_rules! indexed_postgres {
    ($by:literal) => {
        concat!(
            "WITH found AS MATERIALIZED (SELECT id, search_name, merged_into_id, date_of_birth, phone_digits FROM patients
        WHERE ",
            $by,
            "),
    hit AS (SELECT id FROM found WHERE NOT (search_name >= $9 AND search_name < $10) AND",
            asked!(),
            " ORDER BY search_name, id LIMIT $8)",
            shown!()
        )
    };
}

pub(super) const LIST: &str = concat!(
    "WITH hit AS (SELECT id FROM patients
        WHERE merged_into_id IS NULL AND (search_name, id) > ($1, $2) ORDER BY search_name, id LIMIT $3)",
    shown!()
);
/// The numbers stand in sub-selects, into which PostgreSQL's planner does not look: it keeps one plan for all pages, where
/// planning each anew took longer than reading it (0.6 ms). The bound of 200 tells it that the pages are short.
pub(super) const LIST_FROM: &str = concat!(
    "WITH hit AS (SELECT id FROM (SELECT id FROM patients
        WHERE merged_into_id IS NULL ORDER BY search_name, id
        LIMIT (SELECT CAST($1 AS bigint)) OFFSET (SELECT CAST($2 AS bigint))) AS page LIMIT 200)",
    shown!()
);
pub(super) const COUNT: &str = "SELECT count(*) FROM patients WHERE merged_into_id IS NULL";
pub(super) const NUMBER: &str = concat!(
    "WITH hit AS (SELECT coalesce(merged_into_id, id) AS id FROM patients WHERE record_number IN ($1, $2, $3))",
    shown!()
);

/// The family name begins so: an ordered walk of the index from the first such name ($1, $2) to above the last ($3), until
/// the page is full. What else is asked ($4 birthday, $5 digits) stands in CASE, or PostgreSQL expects so few to fit that
/// it sorts all names of the letter instead.
pub(super) const PREFIX: &str = concat!(
    "WITH hit AS (SELECT id FROM patients
        WHERE (search_name, id) > ($1, $2) AND search_name < $3 AND merged_into_id IS NULL
        AND CASE WHEN $4 IS NULL THEN TRUE ELSE date_of_birth = $4 END
        AND CASE WHEN $5 = '%' THEN TRUE ELSE phone_digits LIKE $5 END
        ORDER BY search_name, id LIMIT $6)",
    shown!()
);
/// The name holds fragments: trigrams first, then all the rest ($9 to $10 is the prefix that was shown before).
pub(super) const FRAGMENT_POSTGRES: &str = concat!(
    "WITH found AS MATERIALIZED (SELECT id, search_name, merged_into_id, date_of_birth, phone_digits FROM patients
        WHERE search_name LIKE $3 AND NOT (search_name >= $9 AND search_name < $10)),
    hit AS (SELECT id FROM found WHERE",
    asked!(),
    " ORDER BY search_name, id LIMIT $8)",
    shown!()
);
pub(super) const FRAGMENT_SQLITE: &str =
    indexed_sqlite!("SELECT rowid FROM patients_search WHERE patients_search MATCH $11");
/// Born on a day: few, whatever else is asked.
pub(super) const BORN: &str = concat!(
    "WITH found AS MATERIALIZED (SELECT id, search_name, merged_into_id, date_of_birth, phone_digits FROM patients
        WHERE date_of_birth = $6 AND NOT (search_name >= $9 AND search_name < $10)),
    hit AS (SELECT id FROM found WHERE",
    asked_sqlite!(),
    " ORDER BY search_name, id LIMIT $8)",
    shown!()
);
/// The next names in order, looked through before an index is asked: where much fits, the page is full at once, and an
/// index of fragments would fetch thousands of rows to sort them.
macro_rules! near {
    () => {
        "WITH near AS (SELECT id, search_name, merged_into_id, date_of_birth, phone_digits FROM patients
        WHERE (search_name, id) > ($1, $2) ORDER BY search_name, id LIMIT 1500),
    hit AS (SELECT id FROM near WHERE NOT (search_name >= $9 AND search_name < $10) AND"
    };
}
/// How many names hold a fragment, as far as the walk by name looks. What fits fewer is fetched by its index alone: measured on
/// 500 patients, 0.1 ms in place of 0.8 for the walk.
pub(super) const FITTING_POSTGRES: &str =
    "SELECT count(*) FROM (SELECT 1 FROM patients WHERE search_name LIKE $1 LIMIT 1500) AS fitting";
pub(super) const FITTING_SQLITE: &str = "SELECT count(*) FROM (SELECT 1 FROM patients_search WHERE patients_search MATCH $1 LIMIT 1500) AS fitting";
pub(super) const NEAR_POSTGRES: &str =
    concat!(near!(), asked!(), " ORDER BY search_name, id LIMIT $8)", shown!());
pub(super) const NEAR_SQLITE: &str =
    concat!(near!(), asked_sqlite!(), " ORDER BY search_name, id LIMIT $8)", shown!());
/// Digits of a phone: trigrams first, then all the rest.
pub(super) const DIGITS_POSTGRES: &str = indexed_postgres!("phone_digits LIKE $7");
pub(super) const DIGITS_SQLITE: &str =
    indexed_sqlite!("SELECT rowid FROM patients_phones WHERE patients_phones MATCH $11");
/// A name begins with one or two letters ($11: the first of all names does); trigrams know where words begin.
pub(super) const BEGINS_POSTGRES: &str = indexed_postgres!("search_name LIKE $3 OR search_name LIKE $11");
/// The same for two letters: $11 blank and letters as FTS5 asks for them, $12 to $13 the first name.
pub(super) const BEGINS_SQLITE: &str = indexed_sqlite!(
    "SELECT rowid FROM patients_search WHERE patients_search MATCH $11
            UNION ALL SELECT search_row FROM patients WHERE search_name >= $12 AND search_name < $13"
);
/// One or two signs of a script without letters such as ours, anywhere in a name: no index helps, so the names are read
/// once. The empty text keeps PostgreSQL from walking its whole index of trigrams.
pub(super) const SHORT_POSTGRES: &str = concat!(
    "WITH found AS MATERIALIZED (SELECT id FROM patients WHERE search_name || '' LIKE $3),
    hit AS (SELECT id FROM patients WHERE id IN (SELECT id FROM found)
        AND NOT (search_name >= $9 AND search_name < $10) AND",
    asked!(),
    " ORDER BY search_name, id LIMIT $8)",
    shown!()
);
/// The same, and one letter: reads the narrow index on the names until enough fit.
pub(super) const SHORT_SQLITE: &str = concat!(
    "WITH hit AS (SELECT id FROM patients WHERE NOT (search_name >= $9 AND search_name < $10) AND",
    asked_sqlite!(),
    " ORDER BY search_name, id LIMIT $8)",
    shown!()
);
pub(super) const PLACE: &str = "SELECT search_name FROM patients WHERE id = $1";
