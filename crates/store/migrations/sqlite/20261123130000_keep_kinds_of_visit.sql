-- How the practice uses the kinds of visit: their lengths, their order, which are offered. Until it says anything there are
-- no rows, and the lengths of the program hold.

-- The kinds of visit as the practice uses them.
CREATE TABLE visit_types (
    kind TEXT NOT NULL CONSTRAINT visit_types_kind_form CHECK (kind IN ('new_patient', 'follow_up', 'routine_checkup', 'sick_visit', 'telehealth')), -- Which kind it is.
    minutes INTEGER NOT NULL, -- Usual length in minutes.
    position INTEGER NOT NULL, -- Place in the list, from 0.
    is_offered INTEGER NOT NULL DEFAULT 1 CONSTRAINT visit_types_is_offered_form CHECK (is_offered IN (0, 1)), -- Whether it stands to choose from.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT visit_types_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT visit_types_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT visit_types_pkey PRIMARY KEY (kind),
    CONSTRAINT visit_types_minutes_check CHECK (minutes BETWEEN 5 AND 480)
) STRICT;
