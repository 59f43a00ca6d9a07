/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access to the settings schema; a program run out of its build folder does without. */
#include "app/tn-settings.h"

GSettings *
tn_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  if (source == NULL)
    return NULL;
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (source, TN_APP_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
