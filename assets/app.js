// The little the pages do in the browser. Every page works without it.

import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { copyOnClick } from "./copying.js";
import { enterFigures } from "./figures.js";
import { showWhen } from "./shows-when.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

const components = {
  "govuk-button": [Button, { preventDoubleClick: true }],
  "govuk-character-count": [CharacterCount],
  "govuk-error-summary": [ErrorSummary],
  "govuk-notification-banner": [NotificationBanner],
  "govuk-service-navigation": [ServiceNavigation],
  "govuk-skip-link": [SkipLink],
};

for (const [name, [Component, options]] of Object.entries(components)) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) {
    try {
      new Component(element, options);
    } catch (error) {
      console.error(error); // one part that cannot start must not stop the others
    }
  }
}

document.querySelectorAll("[data-puts]").forEach(copyOnClick);
document.querySelectorAll("[data-shows-when]").forEach(showWhen);
document.querySelectorAll('[data-module="app-figures"]').forEach(enterFigures);
