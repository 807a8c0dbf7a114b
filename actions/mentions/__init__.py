"""What a text names: departments, doctors, days and times. Pure."""

from actions.mentions.days import find_day, find_days
from actions.mentions.departments import find_departments, find_services
from actions.mentions.doctors import find_doctors
from actions.mentions.mention import Mention
from actions.mentions.times import find_time_of_day

__all__ = ["Mention", "find_day", "find_days", "find_departments", "find_doctors", "find_services", "find_time_of_day"]
