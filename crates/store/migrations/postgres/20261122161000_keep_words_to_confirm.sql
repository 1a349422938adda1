-- The words of a drafted item that must be right and that nobody said in this form: a person confirms each, before the
-- item may enter the record. Kept beside the item, so that they are locked with it once the record is signed.

ALTER TABLE evidence ADD COLUMN to_confirm jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN evidence.to_confirm IS 'Array of words to confirm, each with its kind, and who confirmed it when.';
