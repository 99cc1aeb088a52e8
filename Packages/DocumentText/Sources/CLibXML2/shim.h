#include <libxml/xmlversion.h>
// Only the layout of converters depends on this, which nothing here touches; the headers of ICU clash with those of Foundation.
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>
