CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('waiting', 'new', 'done');
CREATE TABLE app.jobs (id integer PRIMARY KEY, state app.state DEFAULT 'waiting', CHECK (state <> 'done'));
INSERT INTO app.jobs VALUES (1, 'new'), (2, 'new');
