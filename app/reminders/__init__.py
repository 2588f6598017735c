"""What reminds people of their bookings: due reminders, the ways people chose, their calendar."""
