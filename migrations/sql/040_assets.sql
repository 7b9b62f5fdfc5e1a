-- Numbers of assets: gaps are allowed, repetition is not.
CREATE SEQUENCE IF NOT EXISTS asset_number_sequence;
