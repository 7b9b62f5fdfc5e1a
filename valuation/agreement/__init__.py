"""Party agreement (当事人议价): both name a price under seal, the system compares (V-02, way 1)."""
