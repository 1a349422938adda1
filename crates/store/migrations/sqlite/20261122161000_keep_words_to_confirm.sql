-- The words of a drafted item that must be right and that nobody said in this form: a person confirms each, before the
-- item may enter the record. Kept beside the item, so that they are locked with it once the record is signed.

-- Array of words to confirm, each with its kind, and who confirmed it when.
ALTER TABLE evidence ADD COLUMN to_confirm TEXT NOT NULL DEFAULT '[]' CONSTRAINT evidence_to_confirm_form CHECK (json_valid(to_confirm));
