-- differences: 1
CREATE SCHEMA "We""ird.näme";
CREATE EXTENSION hstore SCHEMA "We""ird.näme";
