-- Who works here and who is cared for: the practice, its providers, patients, their allergies and conditions.
-- The mission's Provider, Patient, Allergy and ChronicCondition, with what signing, searching and merging need.

-- The practice itself; exactly one row.
CREATE TABLE practice (
    id INTEGER NOT NULL DEFAULT 1, -- Always 1.
    name TEXT NOT NULL CONSTRAINT practice_name_form CHECK (length(name) <= 255), -- Name on letters and prescriptions.
    address TEXT CONSTRAINT practice_address_form CHECK (length(address) <= 255), -- Postal address.
    phone TEXT CONSTRAINT practice_phone_form CHECK (length(phone) <= 255), -- Telephone.
    time_zone TEXT NOT NULL CONSTRAINT practice_time_zone_form CHECK (length(time_zone) <= 255), -- IANA time zone in which the day begins and ends.
    opens_at INTEGER NOT NULL DEFAULT 480, -- Minutes after midnight when the day board begins.
    closes_at INTEGER NOT NULL DEFAULT 1080, -- Minutes after midnight when the day board ends.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT practice_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT practice_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT practice_pkey PRIMARY KEY (id),
    CONSTRAINT practice_id_check CHECK (id = 1),
    CONSTRAINT practice_opens_at_check CHECK (opens_at BETWEEN 0 AND 1440),
    CONSTRAINT practice_closes_at_check CHECK (closes_at BETWEEN 0 AND 1440),
    CONSTRAINT practice_hours_check CHECK (opens_at < closes_at)
) STRICT;

-- People who sign in: providers, staff and administrators.
CREATE TABLE providers (
    id TEXT NOT NULL CONSTRAINT providers_id_form CHECK (length(id) = 36), -- The person; UUIDv7 made by the application.
    email TEXT NOT NULL CONSTRAINT providers_email_form CHECK (length(email) <= 255), -- Address to sign in with; unique without regard to case.
    password_hash TEXT NOT NULL CONSTRAINT providers_password_hash_form CHECK (length(password_hash) <= 255), -- Argon2id hash; older bcrypt hashes are upgraded at sign-in.
    first_name TEXT NOT NULL CONSTRAINT providers_first_name_form CHECK (length(first_name) <= 255), -- Given name.
    last_name TEXT NOT NULL CONSTRAINT providers_last_name_form CHECK (length(last_name) <= 255), -- Family name.
    specialty TEXT CONSTRAINT providers_specialty_form CHECK (length(specialty) <= 255), -- Field of practice.
    license_number TEXT CONSTRAINT providers_license_number_form CHECK (length(license_number) <= 255), -- Licence to practise.
    phone TEXT CONSTRAINT providers_phone_form CHECK (length(phone) <= 255), -- Telephone.
    role TEXT NOT NULL DEFAULT 'provider' CONSTRAINT providers_role_form CHECK (role IN ('provider', 'staff', 'admin')), -- What the person may do.
    disabled_at TEXT CONSTRAINT providers_disabled_at_form CHECK (disabled_at GLOB '????-??-??T??:??:??.???Z'), -- When the account was closed; a closed account cannot sign in.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT providers_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT providers_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT providers_pkey PRIMARY KEY (id)
) STRICT;
CREATE UNIQUE INDEX providers_email_key ON providers (lower(email));

-- People who are cared for.
CREATE TABLE patients (
    search_row INTEGER PRIMARY KEY, -- Key of the search index alone; declared so that VACUUM keeps it. The application never names it.
    id TEXT NOT NULL CONSTRAINT patients_id_form CHECK (length(id) = 36), -- The patient; UUIDv7 made by the application.
    record_number TEXT NOT NULL CONSTRAINT patients_record_number_form CHECK (length(record_number) <= 40), -- Number a person reads out or types; unique.
    first_name TEXT NOT NULL CONSTRAINT patients_first_name_form CHECK (length(first_name) <= 255), -- Given name.
    last_name TEXT NOT NULL CONSTRAINT patients_last_name_form CHECK (length(last_name) <= 255), -- Family name.
    preferred_name TEXT CONSTRAINT patients_preferred_name_form CHECK (length(preferred_name) <= 255), -- How the patient wants to be called.
    date_of_birth TEXT NOT NULL CONSTRAINT patients_date_of_birth_form CHECK (date(date_of_birth, '+0 days') IS date_of_birth), -- Birthday; a date, not an instant.
    sex TEXT NOT NULL CONSTRAINT patients_sex_form CHECK (sex IN ('male', 'female', 'other')), -- Sex as recorded at registration.
    phone TEXT NOT NULL CONSTRAINT patients_phone_form CHECK (length(phone) <= 255), -- Telephone as typed.
    phone_digits TEXT NOT NULL CONSTRAINT patients_phone_digits_form CHECK (length(phone_digits) <= 40), -- Digits of the telephone alone, for finding it however it is typed.
    email TEXT CONSTRAINT patients_email_form CHECK (length(email) <= 255), -- E-mail address.
    address TEXT CONSTRAINT patients_address_form CHECK (length(address) <= 255), -- Postal address.
    emergency_contact_name TEXT NOT NULL CONSTRAINT patients_emergency_contact_name_form CHECK (length(emergency_contact_name) <= 255), -- Whom to call.
    emergency_contact_phone TEXT NOT NULL CONSTRAINT patients_emergency_contact_phone_form CHECK (length(emergency_contact_phone) <= 255), -- Telephone of that person.
    emergency_contact_relationship TEXT CONSTRAINT patients_emergency_contact_relationship_form CHECK (length(emergency_contact_relationship) <= 255), -- What that person is to the patient.
    search_name TEXT NOT NULL, -- Lower-cased, accent-stripped name, family name first; written by the application, compared byte by byte.
    deceased_on TEXT CONSTRAINT patients_deceased_on_form CHECK (date(deceased_on, '+0 days') IS deceased_on), -- Day of death.
    merged_into_id TEXT CONSTRAINT patients_merged_into_id_form CHECK (length(merged_into_id) = 36), -- The patient this duplicate was merged into.
    no_known_allergies_by TEXT CONSTRAINT patients_no_known_allergies_by_form CHECK (length(no_known_allergies_by) = 36), -- Who asserted that the patient has no known allergies.
    no_known_allergies_at TEXT CONSTRAINT patients_no_known_allergies_at_form CHECK (no_known_allergies_at GLOB '????-??-??T??:??:??.???Z'), -- When that was asserted; empty means not asked.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT patients_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT patients_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT patients_pkey UNIQUE (id),
    CONSTRAINT patients_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT patients_merged_into_id_check CHECK (merged_into_id <> id),
    CONSTRAINT patients_no_known_allergies_by_fkey FOREIGN KEY (no_known_allergies_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT patients_no_known_allergies_check CHECK ((no_known_allergies_by IS NULL) = (no_known_allergies_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX patients_record_number_key ON patients (record_number);
CREATE INDEX patients_search_name_id_idx ON patients (search_name, id);
CREATE INDEX patients_last_name_first_name_idx ON patients (last_name, first_name);
CREATE INDEX patients_phone_idx ON patients (phone);
CREATE INDEX patients_phone_digits_idx ON patients (phone_digits);
CREATE INDEX patients_email_idx ON patients (email);
CREATE INDEX patients_email_lower_idx ON patients (lower(email));
CREATE INDEX patients_date_of_birth_idx ON patients (date_of_birth);
CREATE INDEX patients_merged_into_id_idx ON patients (merged_into_id) WHERE merged_into_id IS NOT NULL;

-- Fragments of a name, three letters or more: the twin of the trigram index in PostgreSQL.
CREATE VIRTUAL TABLE patients_search USING fts5 (search_name, content = 'patients', content_rowid = 'search_row', tokenize = 'trigram');

CREATE TRIGGER patients_search_insert AFTER INSERT ON patients
BEGIN
    INSERT INTO patients_search (rowid, search_name) VALUES (NEW.search_row, NEW.search_name);
END;

CREATE TRIGGER patients_search_update AFTER UPDATE OF search_row, search_name ON patients
BEGIN
    INSERT INTO patients_search (patients_search, rowid, search_name) VALUES ('delete', OLD.search_row, OLD.search_name);
    INSERT INTO patients_search (rowid, search_name) VALUES (NEW.search_row, NEW.search_name);
END;

CREATE TRIGGER patients_search_delete AFTER DELETE ON patients
BEGIN
    INSERT INTO patients_search (patients_search, rowid, search_name) VALUES ('delete', OLD.search_row, OLD.search_name);
END;

-- What a patient must not be given.
CREATE TABLE allergies (
    id TEXT NOT NULL CONSTRAINT allergies_id_form CHECK (length(id) = 36), -- The allergy; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT allergies_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    allergen TEXT NOT NULL CONSTRAINT allergies_allergen_form CHECK (length(allergen) <= 255), -- What causes it.
    reaction TEXT CONSTRAINT allergies_reaction_form CHECK (length(reaction) <= 255), -- What happens.
    severity TEXT CONSTRAINT allergies_severity_form CHECK (severity IN ('mild', 'moderate', 'severe', 'life_threatening')), -- How bad it is.
    onset_date TEXT CONSTRAINT allergies_onset_date_form CHECK (date(onset_date, '+0 days') IS onset_date), -- Since when.
    status TEXT NOT NULL DEFAULT 'active' CONSTRAINT allergies_status_form CHECK (status IN ('active', 'inactive', 'entered_in_error')), -- Whether it still counts.
    status_reason TEXT CONSTRAINT allergies_status_reason_form CHECK (length(status_reason) <= 255), -- Why the status changed.
    status_at TEXT CONSTRAINT allergies_status_at_form CHECK (status_at GLOB '????-??-??T??:??:??.???Z'), -- When the status changed.
    recorded_by TEXT CONSTRAINT allergies_recorded_by_form CHECK (length(recorded_by) = 36), -- Who wrote it down.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT allergies_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT allergies_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT allergies_pkey PRIMARY KEY (id),
    CONSTRAINT allergies_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT allergies_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX allergies_patient_id_idx ON allergies (patient_id);

-- The problem list.
CREATE TABLE chronic_conditions (
    id TEXT NOT NULL CONSTRAINT chronic_conditions_id_form CHECK (length(id) = 36), -- The condition; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT chronic_conditions_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    condition_name TEXT NOT NULL CONSTRAINT chronic_conditions_condition_name_form CHECK (length(condition_name) <= 255), -- Name of the condition.
    diagnosis_date TEXT CONSTRAINT chronic_conditions_diagnosis_date_form CHECK (date(diagnosis_date, '+0 days') IS diagnosis_date), -- When it was diagnosed.
    status TEXT DEFAULT 'active' CONSTRAINT chronic_conditions_status_form CHECK (length(status) <= 255), -- Free word, such as active or resolved.
    notes TEXT CONSTRAINT chronic_conditions_notes_form CHECK (length(notes) <= 255), -- Remarks.
    status_reason TEXT CONSTRAINT chronic_conditions_status_reason_form CHECK (length(status_reason) <= 255), -- Why the status changed.
    status_at TEXT CONSTRAINT chronic_conditions_status_at_form CHECK (status_at GLOB '????-??-??T??:??:??.???Z'), -- When the status changed.
    ended_on TEXT CONSTRAINT chronic_conditions_ended_on_form CHECK (date(ended_on, '+0 days') IS ended_on), -- Day it was over.
    recorded_by TEXT CONSTRAINT chronic_conditions_recorded_by_form CHECK (length(recorded_by) = 36), -- Who wrote it down.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT chronic_conditions_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT chronic_conditions_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT chronic_conditions_pkey PRIMARY KEY (id),
    CONSTRAINT chronic_conditions_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT chronic_conditions_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX chronic_conditions_patient_id_idx ON chronic_conditions (patient_id);

-- Duplicates merged, with what is needed to take it back.
CREATE TABLE patient_merges (
    id TEXT NOT NULL CONSTRAINT patient_merges_id_form CHECK (length(id) = 36), -- The merge; UUIDv7 made by the application.
    kept_patient_id TEXT NOT NULL CONSTRAINT patient_merges_kept_patient_id_form CHECK (length(kept_patient_id) = 36), -- The patient that stays.
    merged_patient_id TEXT NOT NULL CONSTRAINT patient_merges_merged_patient_id_form CHECK (length(merged_patient_id) = 36), -- The duplicate.
    reason TEXT NOT NULL CONSTRAINT patient_merges_reason_form CHECK (length(reason) <= 255), -- Why they are the same person.
    moved TEXT NOT NULL CONSTRAINT patient_merges_moved_form CHECK (json_valid(moved)), -- Which rows were moved, by table and id.
    merged_by TEXT NOT NULL CONSTRAINT patient_merges_merged_by_form CHECK (length(merged_by) = 36), -- Who merged them.
    merged_at TEXT NOT NULL CONSTRAINT patient_merges_merged_at_form CHECK (merged_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    undone_by TEXT CONSTRAINT patient_merges_undone_by_form CHECK (length(undone_by) = 36), -- Who took it back.
    undone_at TEXT CONSTRAINT patient_merges_undone_at_form CHECK (undone_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken back.
    CONSTRAINT patient_merges_pkey PRIMARY KEY (id),
    CONSTRAINT patient_merges_kept_patient_id_fkey FOREIGN KEY (kept_patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_merged_patient_id_fkey FOREIGN KEY (merged_patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_merged_by_fkey FOREIGN KEY (merged_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_undone_by_fkey FOREIGN KEY (undone_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_patients_check CHECK (kept_patient_id <> merged_patient_id),
    CONSTRAINT patient_merges_undone_check CHECK ((undone_by IS NULL) = (undone_at IS NULL))
) STRICT;
CREATE INDEX patient_merges_kept_patient_id_idx ON patient_merges (kept_patient_id);
CREATE INDEX patient_merges_merged_patient_id_idx ON patient_merges (merged_patient_id);
