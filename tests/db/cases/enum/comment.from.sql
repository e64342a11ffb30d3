CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('new');
