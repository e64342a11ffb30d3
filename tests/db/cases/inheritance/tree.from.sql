CREATE SCHEMA app;
CREATE TABLE app.kept (a integer);
