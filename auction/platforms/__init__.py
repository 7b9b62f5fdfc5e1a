"""On which platform an asset is auctioned: the applicant chooses from the list, otherwise the court designates (B-02)."""
