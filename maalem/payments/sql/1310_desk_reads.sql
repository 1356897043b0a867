-- What a file of the bank told is looked at file by file.
CREATE INDEX bank_lines_file ON bank_lines (file_id);
