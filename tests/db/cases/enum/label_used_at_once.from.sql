CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('new', 'done');
CREATE TABLE app.jobs (id integer PRIMARY KEY, state app.state DEFAULT 'new');
INSERT INTO app.jobs VALUES (1), (2);
