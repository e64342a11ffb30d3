-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
INSERT INTO app.other VALUES (1);
CREATE TYPE app.state AS ENUM ('new', 'done');
