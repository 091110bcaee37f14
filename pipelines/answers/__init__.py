"""What townships send back in their workbooks, and which of it is taken for true."""
