"""What reminds people of their bookings: the calendar that other programs subscribe to."""
