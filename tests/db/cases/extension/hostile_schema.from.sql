CREATE SCHEMA "We""ird.näme";
