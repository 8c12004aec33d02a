"""Reading and writing of banks, rosters and quizzes: bytes in, values and problems out."""
