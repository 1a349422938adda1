-- Who works here and who is cared for: the practice, its providers, patients, their allergies and conditions.
-- The mission's Provider, Patient, Allergy and ChronicCondition, with what signing, searching and merging need.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- An extension that was there before may live in a schema that is not on the path; its operator class is named below.
DO $$
BEGIN
    PERFORM set_config(
        'search_path',
        concat_ws(', ', nullif(current_setting('search_path'), ''), (
            SELECT quote_ident(n.nspname)
            FROM pg_extension AS e
            JOIN pg_namespace AS n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_trgm'
        )),
        true
    );
END
$$;

CREATE TYPE provider_role AS ENUM ('provider', 'staff', 'admin');
COMMENT ON TYPE provider_role IS 'What a person of the practice may do.';

CREATE TYPE sex AS ENUM ('male', 'female', 'other');
COMMENT ON TYPE sex IS 'Sex as recorded at registration.';

CREATE TYPE allergy_severity AS ENUM ('mild', 'moderate', 'severe', 'life_threatening');
COMMENT ON TYPE allergy_severity IS 'How bad the reaction is.';

CREATE TYPE allergy_status AS ENUM ('active', 'inactive', 'entered_in_error');
COMMENT ON TYPE allergy_status IS 'Whether the allergy still counts.';

CREATE TABLE practice (
    id smallint NOT NULL DEFAULT 1,
    name varchar(255) NOT NULL,
    address varchar(255),
    phone varchar(255),
    time_zone varchar(255) NOT NULL,
    opens_at smallint NOT NULL DEFAULT 480,
    closes_at smallint NOT NULL DEFAULT 1080,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT practice_pkey PRIMARY KEY (id),
    CONSTRAINT practice_id_check CHECK (id = 1),
    CONSTRAINT practice_opens_at_check CHECK (opens_at BETWEEN 0 AND 1440),
    CONSTRAINT practice_closes_at_check CHECK (closes_at BETWEEN 0 AND 1440),
    CONSTRAINT practice_hours_check CHECK (opens_at < closes_at)
);
COMMENT ON TABLE practice IS 'The practice itself; exactly one row.';
COMMENT ON COLUMN practice.id IS 'Always 1.';
COMMENT ON COLUMN practice.name IS 'Name on letters and prescriptions.';
COMMENT ON COLUMN practice.address IS 'Postal address.';
COMMENT ON COLUMN practice.phone IS 'Telephone.';
COMMENT ON COLUMN practice.time_zone IS 'IANA time zone in which the day begins and ends.';
COMMENT ON COLUMN practice.opens_at IS 'Minutes after midnight when the day board begins.';
COMMENT ON COLUMN practice.closes_at IS 'Minutes after midnight when the day board ends.';
COMMENT ON COLUMN practice.created_at IS 'When the row was first written.';
COMMENT ON COLUMN practice.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN practice.version IS 'Counts the writes; an update names the version it saw.';

CREATE TABLE providers (
    id uuid NOT NULL,
    email varchar(255) NOT NULL,
    password_hash varchar(255) NOT NULL,
    first_name varchar(255) NOT NULL,
    last_name varchar(255) NOT NULL,
    specialty varchar(255),
    license_number varchar(255),
    phone varchar(255),
    role provider_role NOT NULL DEFAULT 'provider',
    disabled_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT providers_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE providers IS 'People who sign in: providers, staff and administrators.';
COMMENT ON COLUMN providers.id IS 'The person; UUIDv7 made by the application.';
COMMENT ON COLUMN providers.email IS 'Address to sign in with; unique without regard to case.';
COMMENT ON COLUMN providers.password_hash IS 'Argon2id hash; older bcrypt hashes are upgraded at sign-in.';
COMMENT ON COLUMN providers.first_name IS 'Given name.';
COMMENT ON COLUMN providers.last_name IS 'Family name.';
COMMENT ON COLUMN providers.specialty IS 'Field of practice.';
COMMENT ON COLUMN providers.license_number IS 'Licence to practise.';
COMMENT ON COLUMN providers.phone IS 'Telephone.';
COMMENT ON COLUMN providers.role IS 'What the person may do.';
COMMENT ON COLUMN providers.disabled_at IS 'When the account was closed; a closed account cannot sign in.';
COMMENT ON COLUMN providers.created_at IS 'When the row was first written.';
COMMENT ON COLUMN providers.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN providers.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX providers_email_key ON providers (lower(email));

CREATE TABLE patients (
    id uuid NOT NULL,
    record_number varchar(40) NOT NULL,
    first_name varchar(255) NOT NULL,
    last_name varchar(255) NOT NULL,
    preferred_name varchar(255),
    date_of_birth date NOT NULL,
    sex sex NOT NULL,
    phone varchar(255) NOT NULL,
    phone_digits varchar(40) NOT NULL,
    email varchar(255),
    address varchar(255),
    emergency_contact_name varchar(255) NOT NULL,
    emergency_contact_phone varchar(255) NOT NULL,
    emergency_contact_relationship varchar(255),
    search_name text COLLATE "C" NOT NULL,
    deceased_on date,
    merged_into_id uuid,
    no_known_allergies_by uuid,
    no_known_allergies_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT patients_pkey PRIMARY KEY (id),
    CONSTRAINT patients_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT patients_merged_into_id_check CHECK (merged_into_id <> id),
    CONSTRAINT patients_no_known_allergies_by_fkey FOREIGN KEY (no_known_allergies_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT patients_no_known_allergies_check CHECK ((no_known_allergies_by IS NULL) = (no_known_allergies_at IS NULL))
);
COMMENT ON TABLE patients IS 'People who are cared for.';
COMMENT ON COLUMN patients.id IS 'The patient; UUIDv7 made by the application.';
COMMENT ON COLUMN patients.record_number IS 'Number a person reads out or types; unique.';
COMMENT ON COLUMN patients.first_name IS 'Given name.';
COMMENT ON COLUMN patients.last_name IS 'Family name.';
COMMENT ON COLUMN patients.preferred_name IS 'How the patient wants to be called.';
COMMENT ON COLUMN patients.date_of_birth IS 'Birthday; a date, not an instant.';
COMMENT ON COLUMN patients.sex IS 'Sex as recorded at registration.';
COMMENT ON COLUMN patients.phone IS 'Telephone as typed.';
COMMENT ON COLUMN patients.phone_digits IS 'Digits of the telephone alone, for finding it however it is typed.';
COMMENT ON COLUMN patients.email IS 'E-mail address.';
COMMENT ON COLUMN patients.address IS 'Postal address.';
COMMENT ON COLUMN patients.emergency_contact_name IS 'Whom to call.';
COMMENT ON COLUMN patients.emergency_contact_phone IS 'Telephone of that person.';
COMMENT ON COLUMN patients.emergency_contact_relationship IS 'What that person is to the patient.';
COMMENT ON COLUMN patients.search_name IS 'Lower-cased, accent-stripped name, family name first; written by the application, compared byte by byte.';
COMMENT ON COLUMN patients.deceased_on IS 'Day of death.';
COMMENT ON COLUMN patients.merged_into_id IS 'The patient this duplicate was merged into.';
COMMENT ON COLUMN patients.no_known_allergies_by IS 'Who asserted that the patient has no known allergies.';
COMMENT ON COLUMN patients.no_known_allergies_at IS 'When that was asserted; empty means not asked.';
COMMENT ON COLUMN patients.created_at IS 'When the row was first written.';
COMMENT ON COLUMN patients.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN patients.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX patients_record_number_key ON patients (record_number);
CREATE INDEX patients_search_name_id_idx ON patients (search_name, id);
CREATE INDEX patients_search_name_trgm_idx ON patients USING gin (search_name gin_trgm_ops);
CREATE INDEX patients_last_name_first_name_idx ON patients (last_name, first_name);
CREATE INDEX patients_phone_idx ON patients (phone);
CREATE INDEX patients_phone_digits_idx ON patients (phone_digits);
CREATE INDEX patients_email_idx ON patients (email);
CREATE INDEX patients_email_lower_idx ON patients (lower(email));
CREATE INDEX patients_date_of_birth_idx ON patients (date_of_birth);
CREATE INDEX patients_merged_into_id_idx ON patients (merged_into_id) WHERE merged_into_id IS NOT NULL;

CREATE TABLE allergies (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    allergen varchar(255) NOT NULL,
    reaction varchar(255),
    severity allergy_severity,
    onset_date date,
    status allergy_status NOT NULL DEFAULT 'active',
    status_reason varchar(255),
    status_at timestamptz(3),
    recorded_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT allergies_pkey PRIMARY KEY (id),
    CONSTRAINT allergies_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT allergies_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE allergies IS 'What a patient must not be given.';
COMMENT ON COLUMN allergies.id IS 'The allergy; UUIDv7 made by the application.';
COMMENT ON COLUMN allergies.patient_id IS 'Whose it is.';
COMMENT ON COLUMN allergies.allergen IS 'What causes it.';
COMMENT ON COLUMN allergies.reaction IS 'What happens.';
COMMENT ON COLUMN allergies.severity IS 'How bad it is.';
COMMENT ON COLUMN allergies.onset_date IS 'Since when.';
COMMENT ON COLUMN allergies.status IS 'Whether it still counts.';
COMMENT ON COLUMN allergies.status_reason IS 'Why the status changed.';
COMMENT ON COLUMN allergies.status_at IS 'When the status changed.';
COMMENT ON COLUMN allergies.recorded_by IS 'Who wrote it down.';
COMMENT ON COLUMN allergies.created_at IS 'When the row was first written.';
COMMENT ON COLUMN allergies.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN allergies.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX allergies_patient_id_idx ON allergies (patient_id);

CREATE TABLE chronic_conditions (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    condition_name varchar(255) NOT NULL,
    diagnosis_date date,
    status varchar(255) DEFAULT 'active',
    notes varchar(255),
    status_reason varchar(255),
    status_at timestamptz(3),
    ended_on date,
    recorded_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT chronic_conditions_pkey PRIMARY KEY (id),
    CONSTRAINT chronic_conditions_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT chronic_conditions_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE chronic_conditions IS 'The problem list.';
COMMENT ON COLUMN chronic_conditions.id IS 'The condition; UUIDv7 made by the application.';
COMMENT ON COLUMN chronic_conditions.patient_id IS 'Whose it is.';
COMMENT ON COLUMN chronic_conditions.condition_name IS 'Name of the condition.';
COMMENT ON COLUMN chronic_conditions.diagnosis_date IS 'When it was diagnosed.';
COMMENT ON COLUMN chronic_conditions.status IS 'Free word, such as active or resolved.';
COMMENT ON COLUMN chronic_conditions.notes IS 'Remarks.';
COMMENT ON COLUMN chronic_conditions.status_reason IS 'Why the status changed.';
COMMENT ON COLUMN chronic_conditions.status_at IS 'When the status changed.';
COMMENT ON COLUMN chronic_conditions.ended_on IS 'Day it was over.';
COMMENT ON COLUMN chronic_conditions.recorded_by IS 'Who wrote it down.';
COMMENT ON COLUMN chronic_conditions.created_at IS 'When the row was first written.';
COMMENT ON COLUMN chronic_conditions.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN chronic_conditions.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX chronic_conditions_patient_id_idx ON chronic_conditions (patient_id);

CREATE TABLE patient_merges (
    id uuid NOT NULL,
    kept_patient_id uuid NOT NULL,
    merged_patient_id uuid NOT NULL,
    reason varchar(255) NOT NULL,
    moved jsonb NOT NULL,
    merged_by uuid NOT NULL,
    merged_at timestamptz(3) NOT NULL,
    undone_by uuid,
    undone_at timestamptz(3),
    CONSTRAINT patient_merges_pkey PRIMARY KEY (id),
    CONSTRAINT patient_merges_kept_patient_id_fkey FOREIGN KEY (kept_patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_merged_patient_id_fkey FOREIGN KEY (merged_patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_merged_by_fkey FOREIGN KEY (merged_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_undone_by_fkey FOREIGN KEY (undone_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT patient_merges_patients_check CHECK (kept_patient_id <> merged_patient_id),
    CONSTRAINT patient_merges_undone_check CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);
COMMENT ON TABLE patient_merges IS 'Duplicates merged, with what is needed to take it back.';
COMMENT ON COLUMN patient_merges.id IS 'The merge; UUIDv7 made by the application.';
COMMENT ON COLUMN patient_merges.kept_patient_id IS 'The patient that stays.';
COMMENT ON COLUMN patient_merges.merged_patient_id IS 'The duplicate.';
COMMENT ON COLUMN patient_merges.reason IS 'Why they are the same person.';
COMMENT ON COLUMN patient_merges.moved IS 'Which rows were moved, by table and id.';
COMMENT ON COLUMN patient_merges.merged_by IS 'Who merged them.';
COMMENT ON COLUMN patient_merges.merged_at IS 'When.';
COMMENT ON COLUMN patient_merges.undone_by IS 'Who took it back.';
COMMENT ON COLUMN patient_merges.undone_at IS 'When it was taken back.';
CREATE INDEX patient_merges_kept_patient_id_idx ON patient_merges (kept_patient_id);
CREATE INDEX patient_merges_merged_patient_id_idx ON patient_merges (merged_patient_id);
