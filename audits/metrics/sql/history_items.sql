-- One row a request and interaction of its user with a catalogue item before the cutoff, by numbers.
-- uses: history_rows
select request_no, item_no
from history_rows
