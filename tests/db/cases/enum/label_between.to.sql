-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('new', 'running', 'done');

CREATE TABLE app.jobs (id integer PRIMARY KEY, state app.state, past app.state[]);
INSERT INTO app.jobs VALUES (1, 'new', '{new,done}'), (2, 'done', '{}'), (3, NULL, NULL);
