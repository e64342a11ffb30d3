-- differences: 1
CREATE SCHEMA app;
CREATE DOMAIN app.d AS varchar(20) COLLATE "C" DEFAULT 'x' NOT NULL CONSTRAINT long CHECK (length(VALUE) > 1) CHECK (VALUE <> 'yy');
