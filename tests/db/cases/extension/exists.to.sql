-- differences: 1
CREATE SCHEMA app;
CREATE EXTENSION hstore SCHEMA app;
