CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
