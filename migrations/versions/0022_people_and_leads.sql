-- Numbers of leads from the public: gaps are allowed, repetition is not.
CREATE SEQUENCE IF NOT EXISTS lead_number_sequence;
