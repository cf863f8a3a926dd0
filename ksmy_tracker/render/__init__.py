"""What a person or a program sees: text or Rich renderables from rows; opens nothing, asks no clock."""
