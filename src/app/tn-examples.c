/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of example models, which are resources of the program. */
#include "app/tn-examples.h"

#include "base/tn-i18n.h"
#include "formats/tn-format.h"

static const TnExample examples[] = {
  { "conv-flatten-dense", N_ ("A small convolutional network") },
  { "conv-pool-flatten-dense", N_ ("The same with a second pooling") },
  { "missing-flatten", N_ ("A forgotten Flatten") },
  { "reshape-1600", N_ ("A Reshape that does not add up") },
  { "dense-256-meets-4096", N_ ("Weights made for another width") },
  { "target-4096-on-dense-256", N_ ("Labels wider than the output") },
  { NULL },
};

const TnExample *
tn_examples (void)
{
  return examples;
}

const TnExample *
tn_example_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (const TnExample *example = examples; example->name != NULL; example++)
    if (g_str_equal (example->name, name))
      return example;
  return NULL;
}

TnGraph *
tn_example_read (const TnExample *example, GError **error)
{
  g_return_val_if_fail (example != NULL, NULL);

  TnFormat format;
  g_autofree char *path = g_strdup_printf ("/org/tenonapp/Tenon/examples/%s.tenon", example->name);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  return bytes != NULL ? tn_format_parse (bytes, example->name, &format, error) : NULL;
}
