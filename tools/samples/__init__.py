"""The generator of the sample exports: invented companies, people and deals."""
