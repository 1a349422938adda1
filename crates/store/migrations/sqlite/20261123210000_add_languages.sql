-- In which language the pages speak to a person of the practice, and the papers to a patient. A tag and not an enum: the
-- program knows which languages it speaks, reads an unknown tag as none, and another language needs no migration.

ALTER TABLE providers ADD COLUMN language TEXT CONSTRAINT providers_language_form CHECK (length(language) <= 12); -- Language of the pages for this person, as a tag such as es; empty is as the browser asks.
ALTER TABLE patients ADD COLUMN language TEXT CONSTRAINT patients_language_form CHECK (length(language) <= 12); -- Language of papers for the patient, as a tag such as es; empty is not said.
