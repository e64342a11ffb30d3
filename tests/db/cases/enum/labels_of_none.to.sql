-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('a', 'b');
