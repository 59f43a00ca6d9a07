/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model with symbolic sizes asks of the values of its symbols. */
#pragma once

#include "graph/tn-issue.h"
#include "tensor/tn-agreement.h"

G_BEGIN_DECLS

/* What an issue "fits-when" asks for; unknown for any other. */
TnAgreement tn_fits_condition (const TnIssue *issue);
/* Takes out of @issues (of TnIssue) each "fits-when" that holds wherever another one holds: a model
 * that halves H four times asks for a multiple of 16, and need not ask for an even H as well. */
void tn_fits_drop_implied (GPtrArray *issues);

G_END_DECLS
