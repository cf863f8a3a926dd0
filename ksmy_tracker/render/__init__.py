"""What a person or a program sees: text/ for terminals and mail, web/ for browsers, a module for each other format."""
