-- Who is there and what they did: sessions, tokens, second factors, throttling, repeated requests, and the audit trail.
-- The trail is kept in sixteen lanes, each a chain of hashes, so that writers do not wait for one another.

-- Signed-in browsers.
CREATE TABLE sessions (
    id TEXT NOT NULL CONSTRAINT sessions_id_form CHECK (length(id) = 36), -- The session; UUIDv7 made by the application.
    token_hash TEXT NOT NULL, -- SHA-256 of the cookie value, in lower-case hexadecimal; the value itself is never kept.
    provider_id TEXT NOT NULL CONSTRAINT sessions_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    csrf_secret TEXT NOT NULL CONSTRAINT sessions_csrf_secret_form CHECK (length(csrf_secret) <= 255), -- Secret of the forms of this session.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT sessions_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    last_seen_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT sessions_last_seen_at_form CHECK (last_seen_at GLOB '????-??-??T??:??:??.???Z'), -- When it was last used.
    idle_expires_at TEXT NOT NULL CONSTRAINT sessions_idle_expires_at_form CHECK (idle_expires_at GLOB '????-??-??T??:??:??.???Z'), -- When it ends if unused.
    expires_at TEXT NOT NULL CONSTRAINT sessions_expires_at_form CHECK (expires_at GLOB '????-??-??T??:??:??.???Z'), -- When it ends in any case.
    ended_at TEXT CONSTRAINT sessions_ended_at_form CHECK (ended_at GLOB '????-??-??T??:??:??.???Z'), -- When it was ended.
    ended_reason TEXT CONSTRAINT sessions_ended_reason_form CHECK (length(ended_reason) <= 40), -- Why it was ended, such as sign_out.
    address TEXT CONSTRAINT sessions_address_form CHECK (length(address) <= 64), -- Network address it came from.
    user_agent TEXT CONSTRAINT sessions_user_agent_form CHECK (length(user_agent) <= 255), -- Browser it came from, cut to fit.
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash_check CHECK (length(token_hash) = 64 AND token_hash NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT sessions_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX sessions_token_hash_key ON sessions (token_hash);
CREATE INDEX sessions_provider_id_idx ON sessions (provider_id);

-- Attempts to sign in, for slowing down guesses.
CREATE TABLE sign_in_attempts (
    id TEXT NOT NULL CONSTRAINT sign_in_attempts_id_form CHECK (length(id) = 36), -- The attempt; UUIDv7 made by the application.
    email_hash TEXT NOT NULL, -- SHA-256 of the lower-cased address typed, in lower-case hexadecimal.
    address TEXT NOT NULL CONSTRAINT sign_in_attempts_address_form CHECK (length(address) <= 64), -- Network address it came from.
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT sign_in_attempts_at_form CHECK (at GLOB '????-??-??T??:??:??.???Z'), -- When.
    succeeded INTEGER NOT NULL CONSTRAINT sign_in_attempts_succeeded_form CHECK (succeeded IN (0, 1)), -- Whether it let the person in.
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (id),
    CONSTRAINT sign_in_attempts_email_hash_check CHECK (length(email_hash) = 64 AND email_hash NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX sign_in_attempts_email_hash_at_idx ON sign_in_attempts (email_hash, at);
CREATE INDEX sign_in_attempts_address_at_idx ON sign_in_attempts (address, at);

-- Bearer tokens for programs.
CREATE TABLE api_tokens (
    id TEXT NOT NULL CONSTRAINT api_tokens_id_form CHECK (length(id) = 36), -- The token; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT api_tokens_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    name TEXT NOT NULL CONSTRAINT api_tokens_name_form CHECK (length(name) <= 255), -- What it is for.
    token_hash TEXT NOT NULL, -- SHA-256 of the token, in lower-case hexadecimal; the token itself is shown once.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT api_tokens_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    expires_at TEXT CONSTRAINT api_tokens_expires_at_form CHECK (expires_at GLOB '????-??-??T??:??:??.???Z'), -- When it ends; empty means never.
    last_used_at TEXT CONSTRAINT api_tokens_last_used_at_form CHECK (last_used_at GLOB '????-??-??T??:??:??.???Z'), -- When it was last used.
    revoked_at TEXT CONSTRAINT api_tokens_revoked_at_form CHECK (revoked_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken back.
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT api_tokens_token_hash_check CHECK (length(token_hash) = 64 AND token_hash NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE UNIQUE INDEX api_tokens_token_hash_key ON api_tokens (token_hash);
CREATE INDEX api_tokens_provider_id_idx ON api_tokens (provider_id);

-- A second proof at sign-in.
CREATE TABLE second_factors (
    id TEXT NOT NULL CONSTRAINT second_factors_id_form CHECK (length(id) = 36), -- The factor; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT second_factors_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    kind TEXT NOT NULL CONSTRAINT second_factors_kind_form CHECK (length(kind) <= 40), -- Kind of proof, such as totp.
    name TEXT NOT NULL CONSTRAINT second_factors_name_form CHECK (length(name) <= 255), -- What the person calls it.
    secret TEXT NOT NULL, -- The secret, sealed by the application.
    last_step INTEGER, -- Last time step accepted, so that a code works once.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT second_factors_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    confirmed_at TEXT CONSTRAINT second_factors_confirmed_at_form CHECK (confirmed_at GLOB '????-??-??T??:??:??.???Z'), -- When it was first used; it counts from then.
    removed_at TEXT CONSTRAINT second_factors_removed_at_form CHECK (removed_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken away.
    CONSTRAINT second_factors_pkey PRIMARY KEY (id),
    CONSTRAINT second_factors_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX second_factors_provider_id_idx ON second_factors (provider_id);

-- Answers to requests that may be sent twice.
CREATE TABLE idempotency_keys (
    provider_id TEXT NOT NULL CONSTRAINT idempotency_keys_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    key TEXT NOT NULL CONSTRAINT idempotency_keys_key_form CHECK (length(key) <= 255), -- Key the caller chose.
    method TEXT NOT NULL CONSTRAINT idempotency_keys_method_form CHECK (length(method) <= 10), -- Method of the request.
    path TEXT NOT NULL CONSTRAINT idempotency_keys_path_form CHECK (length(path) <= 255), -- Path of the request.
    request_hash TEXT NOT NULL, -- SHA-256 of the request, in lower-case hexadecimal.
    status INTEGER, -- Status of the answer; empty while it is being worked on.
    body TEXT, -- Body of the answer.
    etag TEXT CONSTRAINT idempotency_keys_etag_form CHECK (length(etag) <= 255), -- ETag of the answer.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT idempotency_keys_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (provider_id, key),
    CONSTRAINT idempotency_keys_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT idempotency_keys_request_hash_check CHECK (length(request_hash) = 64 AND request_hash NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

-- The head of each chain of audit events.
CREATE TABLE audit_lanes (
    lane INTEGER NOT NULL, -- Number of the lane, 0 to 15.
    head_seq INTEGER NOT NULL DEFAULT 0, -- Number of the newest event.
    head_hash TEXT NOT NULL DEFAULT '0000000000000000000000000000000000000000000000000000000000000000', -- Hash of the newest event; zeros before the first.
    CONSTRAINT audit_lanes_pkey PRIMARY KEY (lane),
    CONSTRAINT audit_lanes_lane_check CHECK (lane BETWEEN 0 AND 15),
    CONSTRAINT audit_lanes_head_seq_check CHECK (head_seq >= 0),
    CONSTRAINT audit_lanes_head_hash_check CHECK (length(head_hash) = 64 AND head_hash NOT GLOB '*[^0-9a-f]*')
) STRICT;

INSERT INTO audit_lanes (lane, head_seq, head_hash)
WITH RECURSIVE lanes (lane) AS (SELECT 0 UNION ALL SELECT lane + 1 FROM lanes WHERE lane < 15)
SELECT lane, 0, printf('%064d', 0)
FROM lanes;

-- Every read, write, search, print, export, sign-in and refusal. No foreign keys: the trail outlives what it speaks of.
CREATE TABLE audit_events (
    lane INTEGER NOT NULL, -- Chain it stands in.
    seq INTEGER NOT NULL, -- Place in the chain, from 1.
    id TEXT NOT NULL CONSTRAINT audit_events_id_form CHECK (length(id) = 36), -- The event; UUIDv7 made by the application.
    at TEXT NOT NULL CONSTRAINT audit_events_at_form CHECK (at GLOB '????-??-??T??:??:??.???Z'), -- When.
    actor_id TEXT CONSTRAINT audit_events_actor_id_form CHECK (length(actor_id) = 36), -- Who acted; empty where nobody was signed in.
    actor_name TEXT NOT NULL CONSTRAINT audit_events_actor_name_form CHECK (length(actor_name) <= 255), -- Name of who acted, as it was then.
    actor_role TEXT NOT NULL CONSTRAINT audit_events_actor_role_form CHECK (length(actor_role) <= 40), -- Role of who acted, as it was then.
    via TEXT NOT NULL CONSTRAINT audit_events_via_form CHECK (via IN ('page', 'api', 'command', 'system')), -- By which door.
    action TEXT NOT NULL CONSTRAINT audit_events_action_form CHECK (length(action) <= 40), -- What was done, such as read or sign.
    entity TEXT NOT NULL CONSTRAINT audit_events_entity_form CHECK (length(entity) <= 40), -- Kind of thing it was done to.
    entity_id TEXT CONSTRAINT audit_events_entity_id_form CHECK (length(entity_id) = 36), -- The thing.
    patient_id TEXT CONSTRAINT audit_events_patient_id_form CHECK (length(patient_id) = 36), -- The patient concerned.
    outcome TEXT NOT NULL CONSTRAINT audit_events_outcome_form CHECK (outcome IN ('done', 'refused', 'failed')), -- How it ended.
    detail TEXT CONSTRAINT audit_events_detail_form CHECK (detail IS NULL OR json_valid(detail)), -- More, without clinical text.
    address TEXT CONSTRAINT audit_events_address_form CHECK (length(address) <= 64), -- Network address it came from.
    prev_hash TEXT NOT NULL, -- Hash of the event before, in lower-case hexadecimal.
    hash TEXT NOT NULL, -- SHA-256 over this event and the hash before.
    CONSTRAINT audit_events_pkey PRIMARY KEY (lane, seq),
    CONSTRAINT audit_events_lane_check CHECK (lane BETWEEN 0 AND 15),
    CONSTRAINT audit_events_seq_check CHECK (seq >= 1),
    CONSTRAINT audit_events_prev_hash_check CHECK (length(prev_hash) = 64 AND prev_hash NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT audit_events_hash_check CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE UNIQUE INDEX audit_events_id_key ON audit_events (id);
CREATE INDEX audit_events_patient_id_at_idx ON audit_events (patient_id, at);
CREATE INDEX audit_events_actor_id_at_idx ON audit_events (actor_id, at);
CREATE INDEX audit_events_at_idx ON audit_events (at);

-- The heads of all lanes at one moment, signed or kept elsewhere.
CREATE TABLE audit_seals (
    id TEXT NOT NULL CONSTRAINT audit_seals_id_form CHECK (length(id) = 36), -- The seal; UUIDv7 made by the application.
    sealed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT audit_seals_sealed_at_form CHECK (sealed_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    heads TEXT NOT NULL CONSTRAINT audit_seals_heads_form CHECK (json_valid(heads)), -- Number and hash of each lane.
    hash TEXT NOT NULL, -- SHA-256 over the heads, in lower-case hexadecimal.
    kept_as TEXT CONSTRAINT audit_seals_kept_as_form CHECK (length(kept_as) <= 255), -- Where a copy is kept outside the database.
    CONSTRAINT audit_seals_pkey PRIMARY KEY (id),
    CONSTRAINT audit_seals_hash_check CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX audit_seals_sealed_at_idx ON audit_seals (sealed_at);
