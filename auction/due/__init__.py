"""What is due: where each clock is worked on, the list of a person, a team and a court, its alarms and its calendar."""
