# The same names as script/, for those who type `make`.
NAMES = setup demo test check bench lock translate
.PHONY: $(NAMES)
$(NAMES):
	script/$@ $(ARGS)
