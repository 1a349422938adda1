-- Who is there and what they did: sessions, tokens, second factors, throttling, repeated requests, and the audit trail.
-- The trail is kept in sixteen lanes, each a chain of hashes, so that writers do not wait for one another.

CREATE TYPE audit_via AS ENUM ('page', 'api', 'command', 'system');
COMMENT ON TYPE audit_via IS 'By which door an act came.';

CREATE TYPE audit_outcome AS ENUM ('done', 'refused', 'failed');
COMMENT ON TYPE audit_outcome IS 'How an act ended.';

CREATE TABLE sessions (
    id uuid NOT NULL,
    token_hash varchar(64) NOT NULL,
    provider_id uuid NOT NULL,
    csrf_secret varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
    idle_expires_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    ended_reason varchar(40),
    address varchar(64),
    user_agent varchar(255),
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash_check CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT sessions_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE sessions IS 'Signed-in browsers.';
COMMENT ON COLUMN sessions.id IS 'The session; UUIDv7 made by the application.';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the cookie value, in lower-case hexadecimal; the value itself is never kept.';
COMMENT ON COLUMN sessions.provider_id IS 'Whose it is.';
COMMENT ON COLUMN sessions.csrf_secret IS 'Secret of the forms of this session.';
COMMENT ON COLUMN sessions.created_at IS 'When the row was first written.';
COMMENT ON COLUMN sessions.last_seen_at IS 'When it was last used.';
COMMENT ON COLUMN sessions.idle_expires_at IS 'When it ends if unused.';
COMMENT ON COLUMN sessions.expires_at IS 'When it ends in any case.';
COMMENT ON COLUMN sessions.ended_at IS 'When it was ended.';
COMMENT ON COLUMN sessions.ended_reason IS 'Why it was ended, such as sign_out.';
COMMENT ON COLUMN sessions.address IS 'Network address it came from.';
COMMENT ON COLUMN sessions.user_agent IS 'Browser it came from, cut to fit.';
CREATE UNIQUE INDEX sessions_token_hash_key ON sessions (token_hash);
CREATE INDEX sessions_provider_id_idx ON sessions (provider_id);

CREATE TABLE sign_in_attempts (
    id uuid NOT NULL,
    email_hash varchar(64) NOT NULL,
    address varchar(64) NOT NULL,
    at timestamptz(3) NOT NULL DEFAULT now(),
    succeeded boolean NOT NULL,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (id),
    CONSTRAINT sign_in_attempts_email_hash_check CHECK (email_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE sign_in_attempts IS 'Attempts to sign in, for slowing down guesses.';
COMMENT ON COLUMN sign_in_attempts.id IS 'The attempt; UUIDv7 made by the application.';
COMMENT ON COLUMN sign_in_attempts.email_hash IS 'SHA-256 of the lower-cased address typed, in lower-case hexadecimal.';
COMMENT ON COLUMN sign_in_attempts.address IS 'Network address it came from.';
COMMENT ON COLUMN sign_in_attempts.at IS 'When.';
COMMENT ON COLUMN sign_in_attempts.succeeded IS 'Whether it let the person in.';
CREATE INDEX sign_in_attempts_email_hash_at_idx ON sign_in_attempts (email_hash, at);
CREATE INDEX sign_in_attempts_address_at_idx ON sign_in_attempts (address, at);

CREATE TABLE api_tokens (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    token_hash varchar(64) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    expires_at timestamptz(3),
    last_used_at timestamptz(3),
    revoked_at timestamptz(3),
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT api_tokens_token_hash_check CHECK (token_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE api_tokens IS 'Bearer tokens for programs.';
COMMENT ON COLUMN api_tokens.id IS 'The token; UUIDv7 made by the application.';
COMMENT ON COLUMN api_tokens.provider_id IS 'Whose it is.';
COMMENT ON COLUMN api_tokens.name IS 'What it is for.';
COMMENT ON COLUMN api_tokens.token_hash IS 'SHA-256 of the token, in lower-case hexadecimal; the token itself is shown once.';
COMMENT ON COLUMN api_tokens.created_at IS 'When the row was first written.';
COMMENT ON COLUMN api_tokens.expires_at IS 'When it ends; empty means never.';
COMMENT ON COLUMN api_tokens.last_used_at IS 'When it was last used.';
COMMENT ON COLUMN api_tokens.revoked_at IS 'When it was taken back.';
CREATE UNIQUE INDEX api_tokens_token_hash_key ON api_tokens (token_hash);
CREATE INDEX api_tokens_provider_id_idx ON api_tokens (provider_id);

CREATE TABLE second_factors (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    kind varchar(40) NOT NULL,
    name varchar(255) NOT NULL,
    secret text NOT NULL,
    last_step bigint,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    confirmed_at timestamptz(3),
    removed_at timestamptz(3),
    CONSTRAINT second_factors_pkey PRIMARY KEY (id),
    CONSTRAINT second_factors_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE second_factors IS 'A second proof at sign-in.';
COMMENT ON COLUMN second_factors.id IS 'The factor; UUIDv7 made by the application.';
COMMENT ON COLUMN second_factors.provider_id IS 'Whose it is.';
COMMENT ON COLUMN second_factors.kind IS 'Kind of proof, such as totp.';
COMMENT ON COLUMN second_factors.name IS 'What the person calls it.';
COMMENT ON COLUMN second_factors.secret IS 'The secret, sealed by the application.';
COMMENT ON COLUMN second_factors.last_step IS 'Last time step accepted, so that a code works once.';
COMMENT ON COLUMN second_factors.created_at IS 'When the row was first written.';
COMMENT ON COLUMN second_factors.confirmed_at IS 'When it was first used; it counts from then.';
COMMENT ON COLUMN second_factors.removed_at IS 'When it was taken away.';
CREATE INDEX second_factors_provider_id_idx ON second_factors (provider_id);

CREATE TABLE idempotency_keys (
    provider_id uuid NOT NULL,
    key varchar(255) NOT NULL,
    method varchar(10) NOT NULL,
    path varchar(255) NOT NULL,
    request_hash varchar(64) NOT NULL,
    status smallint,
    body text,
    etag varchar(255),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (provider_id, key),
    CONSTRAINT idempotency_keys_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT idempotency_keys_request_hash_check CHECK (request_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE idempotency_keys IS 'Answers to requests that may be sent twice.';
COMMENT ON COLUMN idempotency_keys.provider_id IS 'Whose it is.';
COMMENT ON COLUMN idempotency_keys.key IS 'Key the caller chose.';
COMMENT ON COLUMN idempotency_keys.method IS 'Method of the request.';
COMMENT ON COLUMN idempotency_keys.path IS 'Path of the request.';
COMMENT ON COLUMN idempotency_keys.request_hash IS 'SHA-256 of the request, in lower-case hexadecimal.';
COMMENT ON COLUMN idempotency_keys.status IS 'Status of the answer; empty while it is being worked on.';
COMMENT ON COLUMN idempotency_keys.body IS 'Body of the answer.';
COMMENT ON COLUMN idempotency_keys.etag IS 'ETag of the answer.';
COMMENT ON COLUMN idempotency_keys.created_at IS 'When the row was first written.';
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

CREATE TABLE audit_lanes (
    lane smallint NOT NULL,
    head_seq bigint NOT NULL DEFAULT 0,
    head_hash varchar(64) NOT NULL DEFAULT '0000000000000000000000000000000000000000000000000000000000000000',
    CONSTRAINT audit_lanes_pkey PRIMARY KEY (lane),
    CONSTRAINT audit_lanes_lane_check CHECK (lane BETWEEN 0 AND 15),
    CONSTRAINT audit_lanes_head_seq_check CHECK (head_seq >= 0),
    CONSTRAINT audit_lanes_head_hash_check CHECK (head_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE audit_lanes IS 'The head of each chain of audit events.';
COMMENT ON COLUMN audit_lanes.lane IS 'Number of the lane, 0 to 15.';
COMMENT ON COLUMN audit_lanes.head_seq IS 'Number of the newest event.';
COMMENT ON COLUMN audit_lanes.head_hash IS 'Hash of the newest event; zeros before the first.';

INSERT INTO audit_lanes (lane, head_seq, head_hash)
SELECT lane, 0, repeat('0', 64)
FROM generate_series(0, 15) AS lane;

CREATE TABLE audit_events (
    lane smallint NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz(3) NOT NULL,
    actor_id uuid,
    actor_name varchar(255) NOT NULL,
    actor_role varchar(40) NOT NULL,
    via audit_via NOT NULL,
    action varchar(40) NOT NULL,
    entity varchar(40) NOT NULL,
    entity_id uuid,
    patient_id uuid,
    outcome audit_outcome NOT NULL,
    detail jsonb,
    address varchar(64),
    prev_hash varchar(64) NOT NULL,
    hash varchar(64) NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (lane, seq),
    CONSTRAINT audit_events_lane_check CHECK (lane BETWEEN 0 AND 15),
    CONSTRAINT audit_events_seq_check CHECK (seq >= 1),
    CONSTRAINT audit_events_prev_hash_check CHECK (prev_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT audit_events_hash_check CHECK (hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE audit_events IS 'Every read, write, search, print, export, sign-in and refusal. No foreign keys: the trail outlives what it speaks of.';
COMMENT ON COLUMN audit_events.lane IS 'Chain it stands in.';
COMMENT ON COLUMN audit_events.seq IS 'Place in the chain, from 1.';
COMMENT ON COLUMN audit_events.id IS 'The event; UUIDv7 made by the application.';
COMMENT ON COLUMN audit_events.at IS 'When.';
COMMENT ON COLUMN audit_events.actor_id IS 'Who acted; empty where nobody was signed in.';
COMMENT ON COLUMN audit_events.actor_name IS 'Name of who acted, as it was then.';
COMMENT ON COLUMN audit_events.actor_role IS 'Role of who acted, as it was then.';
COMMENT ON COLUMN audit_events.via IS 'By which door.';
COMMENT ON COLUMN audit_events.action IS 'What was done, such as read or sign.';
COMMENT ON COLUMN audit_events.entity IS 'Kind of thing it was done to.';
COMMENT ON COLUMN audit_events.entity_id IS 'The thing.';
COMMENT ON COLUMN audit_events.patient_id IS 'The patient concerned.';
COMMENT ON COLUMN audit_events.outcome IS 'How it ended.';
COMMENT ON COLUMN audit_events.detail IS 'More, without clinical text.';
COMMENT ON COLUMN audit_events.address IS 'Network address it came from.';
COMMENT ON COLUMN audit_events.prev_hash IS 'Hash of the event before, in lower-case hexadecimal.';
COMMENT ON COLUMN audit_events.hash IS 'SHA-256 over this event and the hash before.';
CREATE UNIQUE INDEX audit_events_id_key ON audit_events (id);
CREATE INDEX audit_events_patient_id_at_idx ON audit_events (patient_id, at);
CREATE INDEX audit_events_actor_id_at_idx ON audit_events (actor_id, at);
CREATE INDEX audit_events_at_idx ON audit_events (at);

CREATE TABLE audit_seals (
    id uuid NOT NULL,
    sealed_at timestamptz(3) NOT NULL DEFAULT now(),
    heads jsonb NOT NULL,
    hash varchar(64) NOT NULL,
    kept_as varchar(255),
    CONSTRAINT audit_seals_pkey PRIMARY KEY (id),
    CONSTRAINT audit_seals_hash_check CHECK (hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE audit_seals IS 'The heads of all lanes at one moment, signed or kept elsewhere.';
COMMENT ON COLUMN audit_seals.id IS 'The seal; UUIDv7 made by the application.';
COMMENT ON COLUMN audit_seals.sealed_at IS 'When.';
COMMENT ON COLUMN audit_seals.heads IS 'Number and hash of each lane.';
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256 over the heads, in lower-case hexadecimal.';
COMMENT ON COLUMN audit_seals.kept_as IS 'Where a copy is kept outside the database.';
CREATE INDEX audit_seals_sealed_at_idx ON audit_seals (sealed_at);
